//! The courses of the site. Publishing makes them known; there are as many as the site has.

use sodium_domain::course::Course;
use sodium_domain::id::CourseId;

use super::{Store, StoreError, item, keys};

impl Store {
    /// A course, if the site has it.
    pub(crate) async fn course(&self, id: &CourseId) -> Result<Option<Course>, StoreError> {
        self.get(&keys::course(id)).await
    }

    /// Every course of the site.
    pub(crate) async fn courses(&self) -> Result<Vec<Course>, StoreError> {
        self.all(keys::COURSES, "").await
    }

    /// Keeps the courses that the site has now, and no others.
    pub(crate) async fn keep_courses(&self, stated: &[Course]) -> Result<(), StoreError> {
        let before = self.courses().await?;
        for course in stated.iter().filter(|course| !before.contains(course)) {
            self.put(item(&keys::course(&course.id), course)?).await?;
        }
        let gone = |course: &&Course| stated.iter().all(|other| other.id != course.id);
        for course in before.iter().filter(gone) {
            self.delete(&keys::course(&course.id)).await?;
        }
        Ok(())
    }
}
